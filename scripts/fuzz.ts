import { parseArgs } from 'node:util';
import { benchOf } from '../test/fuzz/benches.ts';
import { fuzz } from '../test/fuzz/run.ts';
import { type Flavour, flavours } from '../test/support/server/database.ts';
import { provideServers } from '../test/support/server/provide.ts';

// Makes up structures with rows and changes to them, goes there and back by what `diff` says, and holds every end against the engine.
const usage = `npm run fuzz [-- --engine ${flavours.join('|')} --rounds N --seed S --shrink SECONDS --detail]
  --detail also tells what an engine would not take of a structure, and makes refusals smaller`;

const { values } = parseArgs({
  options: {
    engine: { type: 'string' },
    rounds: { type: 'string', default: '500' },
    seed: { type: 'string', default: '1' },
    shrink: { type: 'string', default: '60' },
    most: { type: 'string', default: '20' },
    detail: { type: 'boolean', default: false },
    help: { type: 'boolean' },
  },
});
const chosen = flavours.filter((flavour) => values.engine === undefined || values.engine.split(',').includes(flavour));
if (values.help || chosen.length === 0) {
  console.log(usage);
  process.exitCode = values.help ? 0 : 64;
} else {
  await main(chosen);
}

async function main(wanted: readonly Flavour[]): Promise<void> {
  const provision = await provideServers(console.error);
  try {
    for (const flavour of wanted) {
      const bench = await benchOf(flavour, provision);
      const started = performance.now();
      try {
        const { rounds, passed, refused, wrong, statements, rows, reasons } = await fuzz(bench, {
          rounds: Number(values.rounds),
          seed: Number(values.seed),
          shrinkMs: Number(values.shrink) * 1000,
          most: Number(values.most),
          detail: values.detail,
          say: console.log,
        });
        for (const [reason, n] of reasons) console.log(`${flavour}: ${n} × ${reason}`);
        const seconds = ((performance.now() - started) / 1000).toFixed(0);
        console.log(
          `${flavour}: ${rounds} rounds, ${passed} passed, ${refused} refused, ${wrong} wrong; ${statements} statements, ${rows} rows, ${seconds} s`,
        );
        if (wrong > 0 || refused > rounds * 0.05) process.exitCode = 1;
      } finally {
        await bench.close();
      }
    }
  } finally {
    await provision.close();
  }
}
