/** Loaded before the worker: a build whose workflows cannot be loaded. */
import { Worker } from '@temporalio/worker';

Worker.create = () => Promise.reject(new Error('this build is broken'));
