/**
 * Follows the blocks of a compound statement word by word (BEGIN … END, IF … END IF, CASE … END), so that a semicolon inside one is
 * told from the one behind it. IF, REPEAT and the like open a block only where a statement can begin: elsewhere they are functions.
 */
export interface BlockFollower {
  /** How many blocks are open. */
  readonly depth: number;
  word(upper: string): void;
  symbol(unit: number): void;
  /** A string or a quoted name. */
  quoted(): void;
  reset(): void;
}

/**
 * Counts BEGIN … END and CASE … END where no other block exists. `opener` is the word that opens the body: `ATOMIC` (behind BEGIN) where
 * BEGIN alone means something else.
 */
export function countBlocks(opener: 'BEGIN' | 'ATOMIC'): BlockFollower {
  let depth = 0;
  let previous = '';
  return {
    get depth() {
      return depth;
    },
    word: (upper) => {
      if (upper === 'END') depth = Math.max(0, depth - 1);
      else if (upper === opener && (upper === 'BEGIN' || previous === 'BEGIN')) depth++;
      else if (upper === 'CASE' && depth > 0 && previous !== 'END') depth++;
      previous = upper;
    },
    symbol: () => {
      previous = '';
    },
    quoted: () => {
      previous = '';
    },
    reset: () => {
      depth = 0;
      previous = '';
    },
  };
}

/** Words behind which the body of a routine, trigger or event can begin although no block is open yet. */
const bodyMayFollow: ReadonlySet<string> = new Set(['ROW', 'DETERMINISTIC', 'DATA', 'SQL', 'INVOKER', 'DEFINER']);
const [semicolon, colon, closing] = [59, 58, 41];

/** `blocks`: the words that, where a statement begins, open a block which END closes. BEGIN and CASE always do. */
export function followBlocks(blocks: ReadonlySet<string>): BlockFollower {
  let open: string[] = [];
  /** Whether a statement can begin here: for certain, perhaps (a body may begin), or not. */
  let begins: 'yes' | 'perhaps' | 'no' = 'yes';
  let behindEnd = false;

  const push = (block: string): void => {
    open.push(block);
  };

  /** A word that always opens a block is none of these. */
  const other = (upper: string, could: typeof begins): void => {
    // `… FOR UPDATE` may come behind a parenthesis, where the body of a procedure may begin too.
    if (blocks.has(upper) && could !== 'no' && (upper !== 'FOR' || could === 'yes')) {
      push(upper);
      if (upper === 'LOOP' || upper === 'REPEAT') begins = 'yes';
    } else if (open.length === 0 && bodyMayFollow.has(upper)) begins = 'perhaps';
  };

  return {
    get depth() {
      return open.length;
    },
    word: (upper) => {
      const wasBehindEnd = behindEnd;
      const could = begins;
      behindEnd = false;
      begins = 'no';
      if (wasBehindEnd && (upper === 'CASE' || blocks.has(upper))) return;
      switch (upper) {
        case 'END':
          open.pop();
          behindEnd = true;
          return;
        case 'BEGIN':
          push(upper);
          begins = 'yes';
          return;
        case 'CASE':
          // In an expression THEN and ELSE are followed by values, so a block of that kind is remembered as another one.
          push(could === 'no' ? 'CASE expression' : upper);
          return;
        case 'THEN':
        case 'ELSE':
          begins = open.at(-1) === 'CASE expression' ? 'no' : 'yes';
          return;
        case 'DO':
        case 'ATOMIC':
          begins = 'yes';
          return;
      }
      other(upper, could);
    },
    symbol: (unit) => {
      behindEnd = false;
      if (unit === semicolon || unit === colon) begins = 'yes';
      else begins = unit === closing && open.length === 0 ? 'perhaps' : 'no';
    },
    quoted: () => {
      behindEnd = false;
      begins = open.length === 0 ? 'perhaps' : 'no';
    },
    reset: () => {
      open = [];
      begins = 'yes';
      behindEnd = false;
    },
  };
}
