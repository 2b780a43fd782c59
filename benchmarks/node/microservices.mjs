// `node microservices.mjs WAY FOLDER ROWS`: users are validated and normalised, by our workers or
// by microservices; the good ones come back, and where the others are wrong.
import { tableFromIPC, tableToIPC } from 'apache-arrow';
import { answerOrders, timed } from './answer.mjs';
import { digestOf } from './digest.mjs';
import { openPipeline } from './pipeline.mjs';
import { openService } from './service.mjs';
import { readRows, readTable } from './users.mjs';

const PERCENT_BAD = 1;
const WORKERS = 2;
const ROWS_AT_A_TIME = 20_000;
const WARM_UPS = 5;
const WARM_UP_ROWS = 1000;
const ARROW = 'application/vnd.apache.arrow.stream';

const [way, folder, size] = process.argv.slice(2);
const count = Number(size);

/**
 * Each way has its data, `lanes` that each take one batch at a time, and tells of a batch's answer
 * its good rows and, as `[index, field]`, its errors.
 */
const ways = {
  'ours, rows': async () => {
    const pipeline = await openUsers();
    return {
      data: await readRows(folder, PERCENT_BAD, count),
      lanes: lanesOf(async (rows) => {
        const good = await pipeline.transform(rows);
        const answer = { rows: good.toArray(), errors: errorsOf(good) };
        good.release();
        return answer;
      }),
      close: () => pipeline.close(),
    };
  },
  'microservice, rows': async () => {
    const services = await openServices();
    return {
      data: await readRows(folder, PERCENT_BAD, count),
      lanes: services.map(({ post }) => async (rows) => {
        const body = await post('/users/rows', 'application/json', JSON.stringify(rows));
        return body.json();
      }),
      close: () => Promise.all(services.map(({ close }) => close())),
    };
  },
  'ours, table': async () => {
    const pipeline = await openUsers();
    return {
      data: readTable(folder, PERCENT_BAD).slice(0, count),
      lanes: lanesOf(async (part) => {
        const table = await pipeline.transform(part);
        return { rows: table, errors: errorsOf(table) };
      }),
      close: () => pipeline.close(),
    };
  },
  'microservice, table': async () => {
    const services = await openServices();
    return {
      data: readTable(folder, PERCENT_BAD).slice(0, count),
      lanes: services.map(({ post }) => async (part) => {
        const body = await post('/users/table', ARROW, tableToIPC(part, 'stream'));
        const table = tableFromIPC(await body.bytes());
        return { rows: table, errors: JSON.parse(table.schema.metadata.get('errors')) };
      }),
      close: () => Promise.all(services.map(({ close }) => close())),
    };
  },
};

const openUsers = () => openPipeline(WORKERS, { transformations: ['normalize'] });
const openServices = () => Promise.all(Array.from({ length: WORKERS }, openService));
const lanesOf = (lane) => Array.from({ length: WORKERS }, () => lane);
const errorsOf = ({ errors }) => errors.map(({ index, field }) => [index, field]);

/** All data, batch after batch, by whichever lane is free; the answers in the data's order. */
async function transform() {
  const answers = [];
  let next = 0;
  const work = async (lane) => {
    while (next < count) {
      const first = next;
      next += ROWS_AT_A_TIME;
      answers[first / ROWS_AT_A_TIME] = await lane(data.slice(first, Math.min(next, count)));
    }
  };
  await Promise.all(lanes.map(work));
  return answers;
}

/** A little of the data, by every lane. */
async function warmUp() {
  for (let time = 0; time < WARM_UPS; time += 1) {
    const answers = await Promise.all(lanes.map((lane) => lane(data.slice(0, WARM_UP_ROWS))));
    release(answers);
  }
}

function digest(answers) {
  const errors = answers.flatMap((answer, place) =>
    answer.errors.map(([index, field]) => [index + place * ROWS_AT_A_TIME, field]),
  );
  const rows = (function* () {
    for (const answer of answers) yield* answer.rows;
  })();
  return { ...digestOf(rows), errors: digestOf(errors) };
}

const release = (answers) => {
  for (const { rows } of answers) rows.release?.();
};

const { data, lanes, close } = await ways[way]();
await warmUp();
await answerOrders(
  {
    transform: async ({ times }) => {
      const taken = [];
      for (let time = 0; time < times; time += 1) {
        const { seconds, result } = await timed(transform);
        taken.push(seconds);
        release(result);
      }
      return taken;
    },
    digest: async () => {
      const answers = await transform();
      const digested = digest(answers);
      release(answers);
      return digested;
    },
  },
  close,
);
