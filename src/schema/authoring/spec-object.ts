import type { DefaultSpec, IndexSpec, NameText, TypeParts } from './spec.ts';

/** A view; see `View` of the model, as for the objects that follow. */
export interface ViewSpec {
  readonly name: NameText;
  readonly query: string;
  readonly materialized?: boolean;
  readonly columns?: readonly string[];
  readonly indexes?: readonly IndexSpec[];
  readonly options?: Readonly<Record<string, string>>;
  readonly comment?: string;
}
/** A sequence. */
export interface SequenceSpec {
  readonly name: NameText;
  readonly bits?: 16 | 32 | 64;
  readonly start?: number | bigint;
  readonly increment?: number | bigint;
  readonly minimum?: number | bigint;
  readonly maximum?: number | bigint;
  readonly cache?: number;
  readonly cycle?: boolean;
  readonly unlogged?: boolean;
  /** `users.id`, or the parts. */
  readonly ownedBy?: string | { readonly table: NameText; readonly column: string };
  readonly comment?: string;
}
/** An enum type. */
export interface EnumSpec {
  readonly name: NameText;
  readonly values: readonly string[];
  readonly comment?: string;
}
/** A domain; a check without a name gets one by the naming policy. */
export interface DomainSpec extends TypeParts {
  readonly name: NameText;
  readonly nullable?: boolean;
  readonly default?: DefaultSpec;
  readonly collation?: string;
  readonly checks?: readonly (string | { readonly name?: string; readonly sql: string })[];
  readonly comment?: string;
}
/** A part of a composite type. */
export interface AttributeSpec extends TypeParts {
  readonly name: string;
  readonly collation?: string;
}
/** A composite type. */
export interface CompositeSpec {
  readonly name: NameText;
  readonly attributes: readonly AttributeSpec[];
  readonly comment?: string;
}
/** A function or procedure by its whole CREATE statement. */
export interface RoutineSpec {
  readonly routine: 'function' | 'procedure';
  readonly name: NameText;
  readonly arguments?: string;
  readonly definition: string;
  readonly comment?: string;
}
/** A trigger by its whole CREATE statement. */
export interface TriggerSpec {
  readonly name: NameText;
  readonly on: NameText;
  readonly definition: string;
  readonly comment?: string;
}
/** A policy of row security. */
export interface PolicySpec {
  readonly name: NameText;
  readonly on: NameText;
  readonly restrictive?: boolean;
  readonly command?: 'select' | 'insert' | 'update' | 'delete';
  readonly roles?: readonly string[];
  readonly using?: string;
  readonly check?: string;
  readonly comment?: string;
}
/** An extension. */
export interface ExtensionSpec {
  readonly name: NameText;
  readonly version?: string;
  readonly comment?: string;
}
/** A namespace. */
export interface NamespaceSpec {
  readonly name: NameText;
  readonly comment?: string;
}
/** An object that only the engine understands. */
export interface OpaqueSpec {
  readonly type: string;
  readonly name: NameText;
  readonly definition: string;
  readonly drop: string;
  readonly dependsOn?: readonly string[];
  readonly comment?: string;
}

/** Every kind of object that stands for itself, by the word that follows create, replace, drop and rename. */
export interface ObjectSpecs {
  readonly View: ViewSpec;
  readonly Sequence: SequenceSpec;
  readonly Enum: EnumSpec;
  readonly Domain: DomainSpec;
  readonly Composite: CompositeSpec;
  readonly Routine: RoutineSpec;
  readonly Trigger: TriggerSpec;
  readonly Policy: PolicySpec;
  readonly Extension: ExtensionSpec;
  readonly Namespace: NamespaceSpec;
  readonly Opaque: OpaqueSpec;
}
/** `View`, `Enum`, … */
export type ObjectWord = keyof ObjectSpecs;

/** What tells objects of one name apart: the table of a trigger or policy, the arguments of a routine. */
export interface WhichSpec {
  readonly on?: NameText;
  readonly arguments?: string;
}
/** Which object is meant. */
export interface ObjectNameSpec extends WhichSpec {
  readonly name: NameText;
}
