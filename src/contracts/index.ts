/** Floor 4: what a plug-in implements and what travels between the floors. Types, and the one error class that drivers throw. */
export * from './books.ts';
export * from './connect.ts';
export * from './driver.ts';
export * from './engine.ts';
export * from './event.ts';
export * from './extension.ts';
export * from './format.ts';
export * from './hook.ts';
export * from './inquiry.ts';
export * from './plan.ts';
export * from './source.ts';
export * from './statement.ts';
export * from './store.ts';
export * from './transfer.ts';
