import { describe, expect, it } from 'vitest';
import type { Scenario } from '../engine/types';
import { withAnswer } from './answers';
import { axiosCode, fetchCode, xhrCode } from './client_code';
import { isSame, readLines, writeLines } from './headers';
import { decode, encode, MOST } from './link';
import { blocks, inlines } from './markdown';
import { covers, ROW, scrollTo, seen, wanted } from './rows';
import { pieces, seenAt, spelled, visible } from './spans';

const scenario: Scenario = {
  page: { url: 'https://a.test/ü' },
  request: {
    method: 'PUT',
    url: 'https://b.test/x',
    headers: [['X-A', '1"</script>']],
    credentials: 'include',
    body: { type: 'string', data: 'hi' },
  },
  reads: ['X-Total'],
};

describe('header lines', () => {
  it('keep every byte after the colon', () => {
    const { headers, bad } = readLines('A: 1\nB:2\r\nC:  \t3 \n\nno header\n bad name: x');
    expect(headers).toEqual([
      ['A', ' 1'],
      ['B', '2'],
      ['C', '  \t3 '],
    ]);
    expect(bad.map((it) => it.line)).toEqual([5, 6]);
  });
  it('are written with the customary space', () => {
    expect(writeLines([['A', '1'], ['B', ' 2']])).toBe('A: 1\nB: 2');
    expect(isSame([['A', '1']], [['A', ' 1']])).toBe(true);
    expect(isSame([['A', '1']], [['a', '1']])).toBe(false);
  });
});

describe('links', () => {
  it('come back as they went', () => {
    expect(decode(encode(scenario))).toEqual({ scenario });
    expect(encode(scenario)).toMatch(/^[\w-]+$/);
  });
  it('made by hand are refused with a reason', () => {
    const link = (value: unknown) => btoa(JSON.stringify(value));
    for (const bad of [
      '%%%',
      '',
      link(null),
      link([]),
      link({ page: {}, request: {} }),
      link({ page: {}, request: { url: 1 } }),
      link({ page: {}, request: { url: 'x', headers: [['a']] } }),
      link({ page: {}, request: { url: 'x' }, responses: {} }),
      link({ page: {}, request: { url: 'x' }, responses: [{ headers: 'x' }] }),
      link({ page: { url: {} }, request: { url: 'x' } }),
      btoa('\xff\xfe'),
      'A'.repeat(MOST + 1),
    ])
      expect(decode(bad)).toHaveProperty('problem');
  });
});

describe('client code', () => {
  it('says what the scenario says', () => {
    expect(fetchCode(scenario)).toBe(
      'const response = await fetch("https://b.test/x", {\n  method: "PUT",\n  credentials: "include",\n  headers: {\n    "X-A": "1\\"</script>",\n  },\n  body: "hi",\n});\nconsole.log(response.headers.get("X-Total"));\n',
    );
    expect(xhrCode(scenario)).toContain('xhr.withCredentials = true;');
    expect(axiosCode(scenario)).toContain('withCredentials: true');
    expect(fetchCode({ page: {}, request: { url: 'u' } })).toBe('const response = await fetch("u");\n');
  });
});

describe('evidence', () => {
  it('cuts a value at its guilty bytes', () => {
    expect(pieces(' a, b', [[1, 2]])).toEqual([
      { text: ' ', guilty: false },
      { text: 'a', guilty: true },
      { text: ', b', guilty: false },
    ]);
    expect(pieces('abc', [[0, 99], [1, 2]])).toEqual([{ text: 'abc', guilty: true }]);
    expect(pieces('', [])).toEqual([{ text: '', guilty: false }]);
  });
  it('is taken of refusals of this message alone', () => {
    const at = { leg: 'preflight', leg_index: 0, message: 'response' as const };
    const one = { rule: 'r', severity: 'refusal' as const, first: true, leg: 'preflight', headline: '', why: [], remedies: [] };
    const seen = seenAt(
      [
        { ...one, evidence: [{ ...at, header: 1, span: [0, 2] }, { ...at, absent: 'vary' }, { ...at, leg_index: 1, part: 'status' }] },
        { ...one, severity: 'risk', evidence: [{ ...at, header: 2, span: [0, 1] }] },
      ],
      0,
      'response',
    );
    expect([...seen.lines.keys()]).toEqual([1]);
    expect(seen.absent).toEqual(['vary']);
    expect(seen.parts.size).toBe(0);
  });
  it('is written so that it can be seen', () => {
    expect(spelled('access-control-allow-origin')).toBe('Access-Control-Allow-Origin');
    expect(visible('a\u0000\u202eb')).toBe('a\u2400\ufffdb');
  });
});

describe('markdown', () => {
  it('becomes a tree without markup', () => {
    expect(blocks('# A `b`\n\np **q**\nr\n\n- one\n  more\n- two\n\n```scenario fails\n{}\n```\n')).toEqual([
      { kind: 'heading', level: 1, inlines: [{ kind: 'text', text: 'A ' }, { kind: 'code', text: 'b' }] },
      { kind: 'paragraph', inlines: [{ kind: 'text', text: 'p ' }, { kind: 'strong', text: 'q' }, { kind: 'text', text: ' r' }] },
      { kind: 'list', ordered: false, items: [[{ kind: 'text', text: 'one more' }], [{ kind: 'text', text: 'two' }]] },
      { kind: 'code', info: 'scenario fails', text: '{}' },
    ]);
  });
  it('leads nowhere but to the web and to rules', () => {
    expect(inlines('[a](javascript:alert(1)) [b](../actual/acao_missing.md) [c](https://c.test)')).toMatchObject([
      { kind: 'text', text: 'a' },
      { kind: 'text' },
      { kind: 'link', href: '#/rules/acao-missing' },
      { kind: 'text' },
      { kind: 'link', href: 'https://c.test' },
    ]);
  });
});

describe('answers', () => {
  const answer = { status: 204, headers: [['Vary', 'Origin']] as [string, string][] };
  const seenBefore: Scenario = { page: {}, request: { url: 'u' }, network: { error: 'timeout', during: 'actual' }, responses: [{ status: 302 }, { status: 200, preflight: { status: 500 } }] };
  it('take the place of one, and keep the others', () => {
    expect(withAnswer(seenBefore, true, 0, answer)).toEqual({ page: {}, request: { url: 'u' }, preflight: answer, responses: seenBefore.responses });
    expect(withAnswer(seenBefore, true, 1, answer).responses).toEqual([{ status: 302 }, { status: 200, preflight: answer }]);
    expect(withAnswer(seenBefore, false, 1, answer).responses).toEqual([{ status: 302 }, { ...answer, preflight: { status: 500 } }]);
  });
  it('that are not known make what follows unknown', () => {
    expect(withAnswer(seenBefore, false, 0, undefined).responses).toEqual([]);
    expect(withAnswer(seenBefore, true, 1, undefined).responses).toEqual([{ status: 302 }, { status: 200 }]);
    expect(seenBefore.responses).toHaveLength(2);
  });
});

describe('a long list', () => {
  it('asks for a little more than is seen, and for no row that is at hand', () => {
    const span = seen(100 * ROW, 10 * ROW, 100_000);
    expect(span).toEqual({ from: 100, to: 110 });
    expect(covers(wanted(span), span)).toBe(true);
    expect(covers(span, { from: 105, to: 111 })).toBe(false);
    expect(seen(1e9, 300, 5)).toEqual({ from: 5, to: 5 });
  });
  it('scrolls no further than it must', () => {
    expect(scrollTo(3, 0, 10 * ROW)).toBeNull();
    expect(scrollTo(10, 0, 10 * ROW)).toBe(ROW);
    expect(scrollTo(2, 5 * ROW, 10 * ROW)).toBe(2 * ROW);
  });
});
