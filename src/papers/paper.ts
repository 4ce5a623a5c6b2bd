import type { Day } from '../lib/day.ts';

export type SourceName = 'huggingface' | 'arxiv';

/** As people call them. */
export const SOURCE_NAMES: Record<SourceName, string> = { huggingface: 'Hugging Face', arxiv: 'arXiv' };

/** A paper as a source describes it, cleaned: white space collapsed, no line breaks, links https or http only. */
export type SourcePaper = {
  /** arXiv id without version: `2605.01234`, or `hep-th/9901001`. */
  id: string;
  title: string;
  abstract: string;
  tldr: string | null;
  authors: string[];
  keywords: string[];
  categories: string[];
  publishedAt: Date | null;
  /** The day whose list bore it. */
  listedOn: Day;
  source: SourceName;
  thumbnail: string | null;
  repository: string | null;
  projectPage: string | null;
  /** What was measured with it; arXiv measures nothing. */
  signal: Signal | null;
};

export type Signal = { votes: number; comments: number; stars: number | null };

/** A record that could not be read, named as well as it allows, and what is wrong with it. */
export type BadRecord = { id: string; problem: string };

/** What a source says about one day. */
export type SourceDay = {
  papers: SourcePaper[];
  bad: BadRecord[];
  /** Why this may not be all, although the source answered; absent when there is no doubt. */
  doubt?: string;
};

/**
 * The key of the paper that a reader names: by its id, as it is cited or as it stands on the margin of the PDF, or by the
 * address of its page at arXiv, Hugging Face, alphaXiv or doi.org. Null when that names none.
 */
export function paperNamed(text: string): string | null {
  const name = text
    .trim()
    .replace(PAGE, '')
    .replace(/^(?:doi:\s*)?10\.48550\/(?=arxiv\.)/i, '')
    .replace(/^arxiv[.:]\s*/i, '')
    .replace(/(?:[?#]|\s*\[[a-z-]+(?:\.[a-z-]+)?\]).*$/i, '')
    .replace(/(?:\.pdf)?[/.,;]*$/i, '');
  return paperId(name);
}

/** All before the id in an address. */
const PAGE =
  /^(?:https?:\/\/)?(?:(?:www\.|export\.)?arxiv\.org\/(?:abs|pdf|html)\/|(?:huggingface\.co|hf\.co)\/papers\/|(?:www\.)?alphaxiv\.org\/(?:abs|pdf|overview)\/|(?:dx\.)?doi\.org\/(?=10\.))/i;

/**
 * The key of a paper, out of any spelling of an arXiv id: without `arXiv:`, version, or the subject class that old
 * ids may bear (`math.GT/0309136v1` is `math/0309136`). Null when it is none.
 * https://info.arxiv.org/help/arxiv_identifier.html
 */
export function paperId(text: string): string | null {
  const parts =
    /^(?:arxiv:)?(?:(\d{4}\.\d{4,5})|([a-z]+(?:-[a-z]+)*)(?:\.[a-z-]+)?\/(\d{7}))(?:v\d+)?$/i.exec(
      text.trim(),
    );
  if (!parts) return null;
  const [, id, archive, number] = parts;
  return id ?? `${archive?.toLowerCase()}/${number}`;
}
