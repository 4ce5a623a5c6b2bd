/** arXiv's categories (https://arxiv.org/category_taxonomy), by archive; those without a part are the archive itself. */
const taxonomy = `
astro-ph: CO EP GA HE IM SR
cond-mat: dis-nn mes-hall mtrl-sci other quant-gas soft stat-mech str-el supr-con
cs: AI AR CC CE CG CL CR CV CY DB DC DL DM DS ET FL GL GR GT HC IR IT LG LO MA MM MS NA NE NI OH OS PF PL RO SC SD SE SI SY
econ: EM GN TH
eess: AS IV SP SY
gr-qc:
hep-ex:
hep-lat:
hep-ph:
hep-th:
math: AC AG AP AT CA CO CT CV DG DS FA GM GN GR GT HO IT KT LO MG MP NA NT OA OC PR QA RA RT SG SP ST
math-ph:
nlin: AO CD CG PS SI
nucl-ex:
nucl-th:
physics: acc-ph ao-ph app-ph atm-clus atom-ph bio-ph chem-ph class-ph comp-ph data-an ed-ph flu-dyn gen-ph geo-ph hist-ph ins-det med-ph optics plasm-ph pop-ph soc-ph space-ph
q-bio: BM CB GN MN NC OT PE QM SC TO
q-fin: CP EC GN MF PM PR RM ST TR
quant-ph:
stat: AP CO ME ML OT TH`;

const known = new Map<string, string>();
for (const line of taxonomy.trim().split('\n')) {
  const [archive = '', parts = ''] = line.split(':');
  known.set(archive, archive);
  for (const part of parts.trim().split(/\s+/).filter(Boolean))
    known.set(`${archive}.${part}`.toLowerCase(), `${archive}.${part}`);
}

/** The category as arXiv spells it, an archive (`cs`) standing for all in it; null when arXiv has none of that name. */
export const categoryNamed = (text: string): string | null => known.get(text.toLowerCase()) ?? null;

/** A category and, where it is an archive, all in it. */
export const categoriesWithin = (name: string): string[] =>
  [...known.values()].filter((category) => category === name || category.startsWith(`${name}.`));
