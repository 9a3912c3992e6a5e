import type { Journey } from './journey.js';
import type { Row } from './row.js';

/** Folds one recorded row into the journey. Total: it knows neither policy nor personal data. */
export declare function evolve(journey: Journey, row: Row): Journey;
