/** An API that has not answered for so long does not answer, milliseconds; a busy machine leaves one question open now and then. */
export const silentMs = 15_000;

/** One question to the API. Times are milliseconds since the epoch. */
export interface ApiAnswer {
  asked: number;
  answered: number;
  ok: boolean;
}

export interface ApiTimes {
  /** From the start of the span until the first good answer to a question of the span; undefined where none came. */
  firstAnswerMs?: number;
  /** Longest time without a good answer. */
  longestSilenceMs: number;
  /** Whether there was a good answer in the last `silentMs`. */
  answersAtEnd: boolean;
}

/** What somebody who asks all the time saw of the API in a span of time. Pure. */
export function apiTimes(answers: readonly ApiAnswer[], from: number, to: number): ApiTimes {
  const span = answers.filter(({ asked, answered }) => asked >= from && answered <= to);
  const good = span.filter(({ ok }) => ok).map(({ answered }) => answered);
  const marks = [from, ...good, to];
  const silences = marks.slice(1).map((mark, index) => mark - marks[index]!);
  return {
    ...(good.length === 0 ? {} : { firstAnswerMs: good[0]! - from }),
    longestSilenceMs: Math.max(0, ...silences),
    answersAtEnd: good.some((answered) => to - answered <= silentMs),
  };
}
