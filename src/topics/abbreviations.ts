import { searchable } from '../papers/text.ts';

/**
 * Terms that papers say in two ways. Either form in a topic finds both in papers. Left out: what has several common
 * readings (CV, AR, IR, FL, ML, MT, AI), and what nobody writes out (GPT, BERT, SLAM).
 */
const table = `
LLM     large language model
SLM     small language model
VLM     vision language model
LVLM    large vision language model
MLLM    multimodal large language model
LMM     large multimodal model
VLA     vision language action
VLN     vision language navigation
dLLM    diffusion language model
MoE     mixture of experts
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
T2I     text to image
T2V     text to video
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
AGI     artificial general intelligence
`;

const entries = table
  .trim()
  .split('\n')
  .map((line) => {
    const [short = '', ...long] = line.toLowerCase().split(/\s+/);
    return { short, long };
  });
/** Longest first, so that "multimodal large language model" is not read as "multimodal" and an LLM. */
const byLength = entries.toSorted((a, b) => b.long.length - a.long.length);

/** A word, or a fixed term of several, as a reader wrote it, and all the ways in which papers say it. */
export type Word = { text: string; forms: string[] };

/** Reads the terms of the table out of a row of words, in the plural too. */
export function withForms(words: string[]): Word[] {
  const found: Word[] = [];
  for (let at = 0; at < words.length; ) {
    const entry = byLength.find(({ short, long }) => same(words[at], short) || startsWith(words, at, long));
    const length = entry && !same(words[at], entry.short) ? entry.long.length : 1;
    const text = words.slice(at, at + length).join(' ');
    found.push({ text, forms: entry ? formsOf(entry) : inPlural(searchable(text)) });
    at += length;
  }
  return found;
}

const formsOf = ({ short, long }: (typeof entries)[number]) => [...inPlural(short), long.join(' ')];

/** The stemmer takes no s from a word whose only vowel, if any, stands before it: LLMs, VLAs, GPUs. */
const inPlural = (word: string): string[] =>
  /^[b-df-hj-np-tv-xz\d]+[b-df-hj-rtv-xzaeiouy]$/.test(word) ? [word, `${word}s`] : [word];

const startsWith = (words: string[], at: number, long: string[]) =>
  long.every((part, index) => {
    const word = words[at + index];
    return word === part || (index === long.length - 1 && same(word, part));
  });

const same = (word: string | undefined, singular: string) =>
  word !== undefined && (word === singular || word === `${singular}s`);
