import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readable } from '../../src/digests/latex.ts';

describe('LaTeX in titles and summaries', () => {
  test.each([
    ['An $\\ell_2$ view', 'An ℓ₂ view'],
    ['$\\tau^2$-Bench', 'τ²-Bench'],
    ['$\\pi_{0.5}$: a model', 'π₀.₅: a model'],
    ['A$^2$RD', 'A²RD'],
    ['$\\mathbb{R}^{n \\times d}$', 'ℝ^(n × d)'],
    ['$\\tilde{O}(\\varepsilon^{-2})$ queries', 'Õ(ε⁻²) queries'],
    ['$O(n\\log n)$ and $\\max_{\\theta}\\sin\\theta$', 'O(n log n) and max_θ sin θ'],
    ['$\\Theta(\\sqrt{\\log N})$, $\\sqrt{2}$', 'Θ(√(log N)), √2'],
    ['$x_{body}$ and $A^\\top$', 'x_body and Aᵀ'],
    ['\\(\\alpha\\) and $$\\beta$$', 'α and β'],
    ['$\\{1, \\dots, k\\}$, $25\\%$', '{1, …, k}, 25%'],
    ['$\\text{CO}_2$', 'CO₂'],
  ])('math that has a form in Unicode is shown so: %s', (tex, text) => {
    expect(readable(tex)).toBe(text);
  });

  test.each([
    ['\\textbf{Bold}, \\emph{stressed} and \\texttt{typed}', 'Bold, stressed and typed'],
    ['\\textbf{$\\tau$-Bench} again', 'τ-Bench again'],
    ['Fr\\\'echet, Schr\\"odinger, G{\\"o}del, Erd\\H{o}s', 'Fréchet, Schrödinger, Gödel, Erdős'],
    ["\\'{\\i}, \\c{c}, {\\v s}, S{\\o}ren, {\\L}", 'í, ç, š, Søren, Ł'],
    ["the model\\'s 37\\% of \\$5, 360{\\deg}", "the model's 37% of $5, 360°"],
    ['7.56 vs.\\ 9.67, 300\\,k, 10-100\\times faster', '7.56 vs. 9.67, 300 k, 10-100× faster'],
  ])('the LaTeX of prose is read too: %s', (tex, text) => {
    expect(readable(tex)).toBe(text);
  });

  test.each([
    ['T^2PO, M^3Eval and O(n^{12})', 'T²PO, M³Eval and O(n¹²)'],
    ['a 360^circ panorama, 90^{\\circ} turned', 'a 360° panorama, 90° turned'],
    ['From Pixels to Words -- Towards One', 'From Pixels to Words – Towards One'],
    ["the ``zero-advantage problem''", 'the “zero-advantage problem”'],
  ])('what is left of it when a source drops dollars and backslashes is read too: %s', (tex, text) => {
    expect(readable(tex)).toBe(text);
  });

  test.each(['x ^2', '2^x', 'run --fast', 'a--b', '^_^', '1.5^2.5'])('and nothing else is: %s', (text) => {
    expect(readable(text)).toBe(text);
  });

  test.each([
    '$\\frac{a}{b}$ and \\[\\sum_{i}^{n} \\frac{1}{i}\\]',
    '$\\unknown{x}$',
    '$x_{a$ and $b}$',
    'We introduce \\ours, which wins',
    'C:\\new\\folder',
  ])('what has no readable form stays as it was: %s', (text) => {
    expect(readable(text)).toBe(text);
  });

  test.each([
    '$5 and $10',
    'from $5/$M to $3/$M',
    'raised $5M (vs $3M) and US$5-US$10',
    '4$ per hour, or 20$ a day',
    'less than $11, that is $20 a month or 30$',
  ])('money is no math: %s', (text) => {
    expect(readable(text)).toBe(text);
  });

  test('text without a backslash, dollar, caret, backquote or dashes in a row stays as it is', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 200 }).filter((text) => !/[\\$^`]|--/.test(text)),
        (text) => {
          expect(readable(text)).toBe(text);
        },
      ),
    );
  });

  test('no text makes it throw or leaves a mark of its own in', () => {
    const piece = fc.constantFrom(
      ...['$', '$$', '\\(', '\\)', '\\[', '\\]', '{', '}', '_', '^', '\\', ' ', 'a', '1', '\\frac', '\\log'],
      ...['\\mathbb', '\\sqrt', '\\hat', '\\text{', '\\textbf{', "\\'", '\\c', '\\"{', 'θ', '\ud800'],
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        expect(readable(pieces.join(''))).not.toMatch(/[\uFDD0\uFDD1]/);
      }),
      { numRuns: 2000 },
    );
  });

  test('a long hostile text takes no longer than its length asks for', () => {
    const start = performance.now();
    for (const piece of [
      '$',
      '\\(',
      '\\textbf{',
      '$a',
      '{\\"',
      '\\textbf{$',
      '$x_{',
      '\\c{',
      '``',
      'a^{1',
      '1^{',
    ])
      readable(piece.repeat(20_000));
    expect(performance.now() - start).toBeLessThan(5000);
  });
});
