/** What a report says of one recipient. Empty where it says nothing. */
export type RecipientReport = {
  /** As we wrote to it, else as the reporting system did; without its address type. */
  recipient: string;
  /** failed, delayed, delivered, relayed, expanded, in lower case. */
  action: string;
  /** An enhanced status code (RFC 3463), perhaps with a comment behind it. */
  status: string;
  /** What the last server answered, without its type. */
  diagnostic: string;
};

/** Reads a delivery-status part (RFC 3464, section 2): one report for each recipient that it names. */
export function readDeliveryStatus(text: string): RecipientReport[] {
  return fieldGroups(text)
    .filter((fields) => OF_RECIPIENT.some((name) => fields.has(name)))
    .map((fields) => ({
      recipient: untyped(fields.get('original-recipient') ?? fields.get('final-recipient') ?? ''),
      action: (fields.get('action') ?? '').toLowerCase(),
      status: fields.get('status') ?? '',
      diagnostic: untyped(fields.get('diagnostic-code') ?? ''),
    }));
}

const OF_RECIPIENT = ['final-recipient', 'original-recipient', 'action', 'status', 'diagnostic-code'];

/** Finds delivery-status fields that stand in a text, as they do where a system sends no proper report. */
export function deliveryStatusWithin(text: string): RecipientReport[] {
  const from = text.search(/^(?:reporting-mta|original-recipient|final-recipient|action) ?:/im);
  if (from < 0 || !/^(?:action|status) ?:/im.test(text)) return [];
  return readDeliveryStatus(text.slice(from)).filter(({ recipient }) => recipient !== '');
}

export type FeedbackReport = {
  /** abuse, fraud, virus, other, not-spam, auth-failure …, in lower case. */
  type: string;
  recipient: string;
};

/** Reads a feedback-report part (RFC 5965, section 3). */
export function readFeedbackReport(text: string): FeedbackReport {
  const [fields = new Map<string, string>()] = fieldGroups(text);
  return {
    type: (fields.get('feedback-type') ?? 'abuse').toLowerCase(),
    recipient: untyped(fields.get('original-rcpt-to') ?? ''),
  };
}

/** Groups of header fields between blank lines, folded lines joined. Of a repeated field the first counts. */
function fieldGroups(text: string): Map<string, string>[] {
  const groups = [new Map<string, string>()];
  let last: { name: string; lines: string[] } | undefined;
  const close = () => {
    const fields = groups.at(-1);
    if (last && fields && !fields.has(last.name)) fields.set(last.name, last.lines.join(' ').trim());
    last = undefined;
  };
  for (const line of text.split(/\r\n|\r|\n/)) {
    if (line.trim() === '') {
      close();
      groups.push(new Map());
    } else if (/^[ \t]/.test(line)) {
      last?.lines.push(line.trim());
    } else {
      close();
      const colon = line.indexOf(':');
      if (colon > 0)
        last = { name: line.slice(0, colon).trim().toLowerCase(), lines: [line.slice(colon + 1)] };
    }
  }
  close();
  return groups;
}

/** `rfc822; ada@example.org` and `smtp; 550 …` without the type in front. */
const untyped = (value: string) => value.replace(/^[\w/-]{1,30}\s{0,9};/, '').trim();
