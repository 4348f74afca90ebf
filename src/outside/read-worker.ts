import { parentPort } from 'node:worker_threads';
import { readScenarioFiles } from './read-files.ts';

/**
 * The thread in which scenarios are read, so that a text that takes for ever can be stopped. Gets paths; answers
 * `reading` when it begins with one, then the `LoadedScenario`.
 */
parentPort?.on('message', (path: string) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage('reading');
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
  parentPort?.postMessage(readScenarioFiles(path));
});
