/**
 * What papers write in several ways: abbreviations, then words that some write in two. Any form in a topic finds all in
 * papers. Left out: what has several common readings (CV, AR, IR, FL, ML, MT, AI), and what nobody writes out (GPT, BERT,
 * SLAM).
 */
export const abbreviations = `
LLM     large language model
SLM     small language model
VLM     vision language model
LVLM    large vision language model
VLA     vision language action
VLN     vision language navigation
MLLM    multimodal large language model | multi modal large language model
LMM     large multimodal model | large multi modal model
dLLM    diffusion language model
MoE     mixture of experts
LRM     large reasoning model
WAM     world action model
SSM     state space model
ViT     vision transformer
DiT     diffusion transformer
CNN     convolutional neural network
RNN     recurrent neural network
GNN     graph neural network
PINN    physics informed neural network
SAE     sparse autoencoder
VAE     variational autoencoder
GAN     generative adversarial network
RL      reinforcement learning
DRL     deep reinforcement learning
MARL    multi agent reinforcement learning
RLHF    reinforcement learning from human feedback
RLVR    reinforcement learning with verifiable rewards
PPO     proximal policy optimization
DPO     direct preference optimization
GRPO    group relative policy optimization
PRM     process reward model
SFT     supervised fine tuning
PEFT    parameter efficient fine tuning
LoRA    low rank adaptation
PTQ     post training quantization
QAT     quantization aware training
NAS     neural architecture search
RAG     retrieval augmented generation
CoT     chain of thought
ICL     in context learning
MCTS    monte carlo tree search
KV      key value
KG      knowledge graph
QA      question answering
VQA     visual question answering
OCR     optical character recognition
NLP     natural language processing
NMT     neural machine translation
TTS     text to speech
ASR     automatic speech recognition
T2I     text to image | text2image
T2V     text to video | text2video
I2V     image to video
NeRF    neural radiance field
3DGS    3d gaussian splatting
BEV     bird's eye view
GUI     graphical user interface
HCI     human computer interaction
OOD     out of distribution
PDE     partial differential equation
ODE     ordinary differential equation
UAV     unmanned aerial vehicle
EEG     electroencephalography
TTT     test time training
TTA     test time adaptation
RLAIF   reinforcement learning from ai feedback
IRL     inverse reinforcement learning
SSL     self supervised learning
KD      knowledge distillation
NER     named entity recognition
NLI     natural language inference
TSP     traveling salesman problem
MRI     magnetic resonance imaging

codebase      code base
cybersecurity cyber security
dataset       data set
deepfake      deep fake
finetuning    finetune | finetuned | fine tuning | fine tune | fine tuned
healthcare    health care
multiagent    multi agent
multilingual  multi lingual
multimodal    multi modal
multitask     multi task
multiview     multi view
posttraining  post training | post trained
pretraining   pretrain | pretrained | pre training | pre train | pre trained
realtime      real time
timeseries    time series
zeroshot      zero shot
AGI     artificial general intelligence
`;

/** A thing with its names, each a row of lower-case words and signs. */
type Term = { name: string; forms: string[][] };

const rowOf = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+|[^\p{L}\p{N}\s]+/gu) ?? [];

const terms: Term[] = abbreviations
  .split('\n')
  .filter(Boolean)
  .map((line) => {
    const [name = '', rest = ''] = line.split(/\s+(.*)/);
    return { name: name.toLowerCase(), forms: [name, ...rest.split(' | ')].map(rowOf) };
  });

/** By their first word, the longest first. */
const forms = Map.groupBy(
  terms
    .flatMap(({ name, forms }) => forms.map((row) => ({ name, row })))
    .toSorted((a, b) => b.row.length - a.row.length),
  ({ row }) => row[0] ?? '',
);

/**
 * The terms of the table that begin at a place in a row of lower-case words and signs, their last word in the plural too:
 * the longest first, each with how many of the row it takes.
 */
export function termsAt(row: string[], at: number): { name: string; length: number }[] {
  const word = row[at] ?? '';
  const near = [
    ...(forms.get(word) ?? []),
    ...(word.endsWith('s') ? (forms.get(word.slice(0, -1)) ?? []) : []),
  ];
  return near
    .filter((form) => stands(row, at, form.row))
    .map((form) => ({ name: form.name, length: form.row.length }));
}

const stands = (row: string[], at: number, form: string[]): boolean =>
  form.every((part, index) => {
    const word = row[at + index];
    return word === part || (index === form.length - 1 && word === `${part}s`);
  });

/** All forms of the term with a name. */
export const formsOf = (name: string): string[] =>
  terms.find((term) => term.name === name)?.forms.map((row) => row.join(' ')) ?? [];
