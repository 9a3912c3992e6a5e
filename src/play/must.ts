import { describeProblem, type ApiAnswer, type ApiRequest, type BatonApi } from '../feed/baton-api.js';

/** Sends what must not be refused. @throws Error with the reason */
export async function must(
  api: BatonApi,
  request: ApiRequest,
  alsoFine: readonly number[] = [],
): Promise<ApiAnswer> {
  const answer = await api(request);
  if ((answer.status >= 200 && answer.status < 300) || alsoFine.includes(answer.status)) return answer;
  throw new Error(`${request.method} ${request.path}: ${answer.status} ${describeProblem(answer)}`);
}
