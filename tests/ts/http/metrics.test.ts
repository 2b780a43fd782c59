import express from 'express';
import { expect, it } from 'vitest';
import { metricsRoute, requestMetrics } from '../../../ts/http/metrics.js';
import { ServerMetrics } from '../../../ts/observability/metrics.js';
import { listen } from './listen.js';

it('counts a request that its client gave up as 499', async () => {
  const metrics = new ServerMetrics('1.2.3');
  const arrived: (() => void)[] = [];
  const app = express();
  app.use(requestMetrics(metrics));
  app.get('/never', (_request, response) => {
    response.locals.route = '/never';
    for (const tell of arrived) tell();
  });
  app.get('/metrics', metricsRoute(metrics));
  const url = await listen(app);
  const client = new AbortController();
  arrived.push(() => client.abort());
  await expect(fetch(`${url}/never`, { signal: client.signal })).rejects.toThrow();
  const counted =
    'http_server_request_duration_seconds_count{http_request_method="GET",http_route="/never",http_response_status_code="499"} 1';
  while (!(await (await fetch(`${url}/metrics`)).text()).includes(counted));
});
