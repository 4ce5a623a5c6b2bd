import type { Verdict } from './codes.ts';

/** Words for one reason. They are looked for in lower case, in text without addresses and with single spaces. */
type Row = { reason: string; words: RegExp };

/** The first reason whose words occur. */
const reasonIn = (rows: readonly Row[], text: string) => rows.find(({ words }) => words.test(text))?.reason;

const anyOf = (...parts: RegExp[]) => new RegExp(parts.map(({ source }) => `(?:${source})`).join('|'));

/** Reasons that pass or that are not the mailbox's: they outweigh the others, for they are never said by accident. */
const PASSING: Row[] = [
  {
    reason: 'mailbox full',
    words: anyOf(
      /(?:mailbox|inbox|mail ?folder|folder|maildir|maildrop|account|user|recipient|storage|disk|quota)\b[^.;]{0,30}\b(?:is|are|was|:)? ?(?:almost )?(?:full\b(?! name)|over[ -]?quota|overdrawn)/,
      /(?:over|exceed\w*|out of|beyond|violat\w+)\b[^.;]{0,30}\b(?:quota|storage|disk space|mailbox (?:size|limit)|space limit)/,
      /quota\b[^.;]{0,30}\b(?:exceed|reached|violation|full)/,
      /(?:not enough|insufficient|no|lack of|low on)(?: more| free| system| available){0,2} (?:(?:disk|storage|mailbox|mail) ?)?(?:space|storage)\b/,
      /mailbox (?:size )?limit|too (?:much|many) (?:mail|messages) (?:in|stored)/,
    ),
  },
  {
    reason: 'mailbox full',
    words: anyOf(
      /(?:postfach|mailbox|speicher\w*)[^.;]{0,20}\b(?:voll|überfüllt|erschöpft)\b/,
      /bo[iî]te[^.;]{0,40}\bpleine|quota[^.;]{0,20}dépassé|espace[^.;]{0,20}insuffisant/,
      /(?:buz[oó]n|casilla|cuenta)[^.;]{0,30}\bllen[oa]|casella[^.;]{0,20}\bpiena|caixa[^.;]{0,30}\bcheia|(?:cuota|cota)[^.;]{0,20}(?:excedid|superad|ultrapassad)/,
      /(?:ящик|квота)[^.;]{0,20}(?:переполнен|превышен)|メールボックス[^。]{0,15}(?:いっぱい|一杯|容量)|容量[^。]{0,8}超|(?:邮箱|空间)[^。]{0,8}(?:已满|不足)/,
    ),
  },
  {
    reason: 'greylisted or limited by rate',
    words: anyOf(
      /gr[ea]y-?list/,
      /rate[ -]?limit|throttl|frequency limit|unexpected volume|slow down|temporarily deferred/,
      /too (?:many|fast|frequent)|too much mail/,
      /(?:hourly|daily|sending|connection|message|recipient)s? (?:rate )?(?:limit|quota)\b[^.;]{0,20}(?:exceed|reach|hit)/,
      /try (?:again |back )?later|(?:try|come) (?:it )?again in|later, please|réessayer|später (?:noch|erneut)/,
    ),
  },
  {
    reason: 'expired',
    words:
      /\bexpired\b|in the queue too long|(?:multiple|many) retries|(?:retry|delivery) (?:time|timeout)|unable to deliver in|for the last \d+ (?:second|hour|day)|could not be delivered for|after [\d.]+ ?(?:hour|day)/,
  },
  {
    reason: 'network trouble',
    words: anyOf(
      /tim(?:ed?|e)[ -]?out|connection (?:was )?(?:refused|reset|lost|closed|dropped|failed)|lost connection|broken pipe|handshake|\btls\b|starttls|certificate/,
      /(?:could ?n[o']t|cannot|unable to|not able to|wasn't able to|failed to) (?:connect|establish|reach|contact)|accept our requests to connect|socket error/,
      /(?:host|network|server)\b[^.;]{0,20}\b(?:unreachable|not reachable|unavailable|down\b)|no route to/,
      /host name lookup fail|name service error[^;]{0,80}try again|not found, try again|dns query failed|temporary (?:lookup|dns)|servfail/,
      /\bloop(?:s|ing)?\b|hop count|too many hops|could not find a gateway/,
    ),
  },
  {
    reason: 'message too big',
    words: anyOf(
      /(?:message|mail|size|length|headers?)\b[^.;]{0,30}\btoo (?:big|large|long)\b/,
      /(?:message|mail|size|length)\b[^.;]{0,30}\bexceed/,
      /exceed\w*\b[^.;]{0,30}\b(?:size|length)|(?:maximum|max) (?:message )?size/,
    ),
  },
  {
    reason: 'refused by policy',
    words: anyOf(
      /\bspam\b|spamm|\bjunk\b|virus|malware|phish|unsolicited|\bu[bc]e\b|bulk (?:e-?)?mail|suspicious|complain/,
      /\b(?:blocked|bloqu|banned|blockiert)|(?:black|block|deny)[ -]?list|\bdnsbl\b|\brbl\b|spamhaus|spamcop|(?<!not )\blisted (?:in|on|by|at)\b|reputation|\babuse\b/,
      /polic(?:y|ies)|\bdmarc\b|\bspf\b|\bdkim\b|authenticat|smtp auth|purported responsible/,
      /reverse dns|\bptr\b|\brdns\b|invalid dns|bad dns|unverif\w+ (?:sending|client|sender)|\bhelo\b|\behlo\b|client host|(?:sending|source|client|remote|this|the) ip\b|ip address[^.;]{0,30}(?:not|block|list|reject)|your (?:ip|server|isp|host(?:name)?|domain|network)\b|smtp server of/,
      /relay\w*(?: access)? (?:denied|prohibited|not)|not relay|(?:unable|configured|allowed|permitted|trying) to relay|insecure mail relay|open relay/,
      /access (?:is )?denied|denied by|permission|not (?:permitted|authori[sz]ed|allowed)|unauthori[sz]ed|prohibited|restrict|administrative/,
      /content (?:was |is )?(?:rejected|refused|denied|not allowed)|message contains|transaction failed|duplicate header|header error/,
      /(?:sender|originator|mail from|return path)(?:'?s)?(?: e-?mail)?(?: address| domain)?:? (?:is |was |has been )?(?:rejected|refused|denied|blocked|invalid|unknown|not|does|verif)|verify (?:the |your )?(?:sender|address)|verification failed|(?:domain|address) of (?:the )?sender|sender domain/,
      /not (?:a )?(?:member|subscribed)|(?:members|subscribers) only|group you tried/,
      /service refus|rejected by (?:the )?(?:recipient|destination)|blacklisted by|user reject/,
    ),
  },
  {
    reason: 'mailbox disabled',
    words: anyOf(
      /(?:account|mailbox|user|recipient|address|inbox)\b[^.;]{0,60}\b(?:disabled|suspended|inactive|locked|frozen|dormant|on hold|deactivated|not active|blocked|paused|unpaid)\b/,
      /\b(?:disabled|suspended|inactive|locked|deactivated)(?: e-?mail)? (?:user|account|mailbox|recipient|address)/,
      /(?:konto|postfach)[^.;]{0,30}(?:gesperrt|deaktiviert)|compte[^.;]{0,30}(?:désactivé|suspendu)|cuenta[^.;]{0,30}(?:desactivada|suspendida)/,
    ),
  },
  {
    reason: 'mail system trouble',
    words: anyOf(
      /(?:system|internal|server|configuration|config|local|software|protocol|syntax|database|ldap)\b[^.;]{0,15}\berror|system (?:resources|failure)|resources (?:temporarily )?(?:unavailable|exhausted)/,
      /service (?:is )?(?:(?:currently|temporarily) )?(?:unavailable|not available|shutting)|temporar(?:y|ily)|not accepting (?:connections|network|messages)|overload|maintenance/,
      /\b(?:503|554) error: no valid recipients|(?:bad|improper|out of) (?:command )?(?:sequence|order)|unrecogni[sz]ed command|could(?:n't| not) (?:load|create|open|write|lock)|unable to contact|insufficient (?:permission|system)|pipe to \||command (?:died|timed)/,
    ),
  },
];

const MAILBOX = `(?:e-?mail )?(?:user(?:name|id)?|recipient|mailbox|mail box|account|address(?:ee)?|alias|customer|inbox|local[ -]part|person|destination)(?:'s)?(?: (?:name|address|account|mailbox|id))?`;

/** Reasons that last. Hedged sentences ("may not exist") do not count: see `plainly`. */
const LASTING: Row[] = [
  {
    reason: 'mailbox has moved',
    words: anyOf(
      new RegExp(
        String.raw`\b${MAILBOX}\b[^.;]{0,40}\b(?:closed|deleted|removed|terminated|cancell?ed|discontinued|has moved|has left)\b`,
      ),
      /no longer (?:on (?:this )?server|exists?|valid|available|active|in (?:use|service)|employed|with|works?|here|an? )|moved[^.;]{0,20} no forwarding|not our (?:user|customer)/,
    ),
  },
  {
    reason: 'no such domain',
    words: anyOf(
      /(?:host|domain)\b(?: or domain)?(?: name)? ?\S{0,80} (?:is |was )?(?:not found|unknown|not exist|does(?: not|n't) exist|could not be found|invalid)/,
      /(?:unknown|no such|invalid|illegal|non-?existent) (?:mail )?(?:host|domain|destination domain)|nxdomain|domain does(?: not|n't) (?:exist|receive|accept)/,
      /(?:find|found) any host named|(?:find|found) a mail exchanger|domain is not reachable|no relevant answers|point to non-existent hosts|no (?:mx|mail exchanger)\b|null mx|unrouteable|unroutable|not a (?:valid )?domain/,
    ),
  },
  {
    reason: 'no such mailbox',
    words: anyOf(
      new RegExp(
        String.raw`\b${MAILBOX}s?:? (?:\S{1,60} ){0,6}?(?:(?:is|was|are|has been|could|does|do|did|cannot|can) ?)?(?:be )?(?:unknown|not (?:be )?(?:found|known|exist|valid|recogni[sz]ed|listed|registered)|n[o']t exist|invalid|nonexistent|non-existent|n't (?:be found|found|exist)|n't have)\b`,
      ),
      new RegExp(
        String.raw`\b(?:unknown|no such|invalid|non-?existent|illegal|undefined|unrecogni[sz]ed|bad)(?: or \w{1,20})?(?: (?:final|delivery|destination|local|virtual|smtp|e-?mail|mail)){0,2} ${MAILBOX}`,
      ),
      new RegExp(
        String.raw`\b(?:no|not an?)(?: valid| such| known| registered| active)?(?: gateway| local)? ${MAILBOX}s?\b(?! (?:space|storage|limit))`,
      ),
      /user (?:\S{1,60} ){0,3}(?:doesn't|does not|does n't) have an? |recip(?:ient)?notfound|address(?:es)? couldn't be found|has no mailbox|not a (?:valid|known) (?:user|mailbox)|not listed in/,
      /requested action not taken: mailbox unavailable|550[ -]mailbox unavailable/,
    ),
  },
  {
    reason: 'no such mailbox',
    words: anyOf(
      /(?:empfänger|benutzer|adresse|postfach|konto)\w{0,10} [^.;]{0,30}(?:unbekannt|existiert nicht|nicht gefunden|nicht vorhanden|ungültig)|unbekannte[rns]? (?:empfänger|benutzer|adresse)/,
      /(?:destinataire|utilisateur|adresse|compte|bo[iî]te)\b[^.;]{0,40}\b(?:inconnue?|inexistante?|invalide|introuvable|n'existe (?:pas|plus))/,
      /(?:usuario|destinatario|buz[oó]n|cuenta|direcci[oó]n)\b[^.;]{0,30}(?:desconocid[oa]|inexistente|no existe|no encontrad[oa]|inv[aá]lid[oa])/,
      /(?:utente|destinatario|casella|indirizzo)\b[^.;]{0,30}(?:sconosciut[oa]|inesistente|non (?:esiste|trovat[oa]|valid[oa]))/,
      /(?:usu[aá]rio|destinat[aá]rio|conta|endereço|caixa)[^.;]{0,30}(?:desconhecid[oa]|inexistente|n[aã]o (?:existe|encontrad[oa]))/,
      /(?:gebruiker|adres|ontvanger|postbus)[^.;]{0,30}(?:onbekend|bestaat niet|niet gevonden)|onbekende (?:gebruiker|ontvanger)/,
      /(?:пользователь|ящик|адрес|получатель)[^.;]{0,30}(?:не найден|не существует|неизвестен)|неизвестный (?:пользователь|получатель)|нет такого (?:пользователя|адреса)/,
      /(?:宛先|あて先|アドレス|ユーザー?|受信者)[^。]{0,20}(?:存在しません|見つかりません(?!か)|不明です)|(?:用户|收件人|邮箱|地址|帐号|账号)[^。]{0,8}(?:不存在|未找到|无效)|(?:사용자|수신자|주소)[^.]{0,10}(?:없|찾을 수)/,
    ),
  },
];

/** What the words of an answer say; null when they say nothing of it. */
export function wordsOf(text: string): Verdict | null {
  const words = plain(text);
  const passing = reasonIn(PASSING, words);
  if (passing !== undefined) return { severity: 'soft', reason: passing };
  const lasting = reasonIn(LASTING, plainly(words));
  return lasting === undefined ? null : { severity: 'hard', reason: lasting };
}

/** A reason not to blame the mailbox for good that a text gives outright: it is full, or disabled. */
export const outrightSaid = (text: string) =>
  reasonIn(
    PASSING.filter(({ reason }) => reason === 'mailbox full' || reason === 'mailbox disabled'),
    plainly(plain(text)),
  ) ?? null;

/** Lower case, single spaces, without addresses, host names and codes; of web addresses only a blocklist's name. */
const plain = (text: string) =>
  text
    .toLowerCase()
    .replace(
      /\bhttps?:\/\/\S{1,2000}/g,
      (link) => /spamhaus|dnsbl|\brbl\b|blocklist|blacklist/.exec(link)?.[0] ?? '',
    )
    .replace(/<?[^\s<>"'@,;:()]{1,64}@[^\s<>"'@,;:()]{1,255}>?/g, '')
    .replace(/(?<![\w.-])[\w-]{1,63}(?:\.[\w-]{1,63}){2,8}(?![\w.-])/g, '')
    .replace(/\s{1,2000}/g, ' ');

/** Without the sentences that only guess, or that speak of the sender. */
const plainly = (text: string) =>
  text
    .split(/[.;!?](?= |$)/)
    .filter((sentence) => !GUESS.test(sentence) && !SENDER.test(sentence))
    .join('. ');

const GUESS =
  /\b(?:may|might|maybe|perhaps|possibl[ey]|could be|can be|probably|if|e\.g|i\.e|for example|such as)\b/;

const SENDER =
  /(?<!to )(?<!to the )\bsender\b|\b(?:originator|return address|reverse|helo|ehlo|your (?:domain|host))\b/;
