/** What is known of an error code: its exit code, what it means and what helps. */
export interface CatalogueEntry {
  readonly exit: 1 | 2 | 3 | 4 | 5 | 6 | 64 | 65 | 70 | 78 | 130;
  readonly title: string;
  readonly explain: string;
  readonly fix: readonly string[];
}
