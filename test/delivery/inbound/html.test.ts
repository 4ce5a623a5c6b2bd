import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textOfHtml } from '../../../src/delivery/inbound/html.ts';

const linesOf = (html: string) =>
  textOfHtml(html)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');

test('a block is a line, and what is within a line stays together', () => {
  expect(linesOf('<p>one\r\n <b>and</b> a half</p>two<br/>three<div class="x">four</div>')).toEqual([
    'one and a half',
    'two',
    'three',
    'four',
  ]);
});

test('scripts, styles and titles are not read', () => {
  expect(linesOf('<title>a</title><style>p { b }</style>seen<script>c</script><STYLE>d')).toEqual(['seen']);
});

test('entities become characters', () => {
  expect(textOfHtml('&lt;&amp;&#233;&#xE9;&nbsp;&hearts;&#xD800;&#9999999;')).toBe(
    '<&éé &hearts;\ufffd\ufffd',
  );
});

test('text without markup stays', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z ]{0,50}$/), (text) => textOfHtml(text) === text.replace(/ +/g, ' ')),
  );
});
