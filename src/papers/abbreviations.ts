/**
 * What papers write in several ways: abbreviations, then words that some write in two. Any form in a topic finds all in
 * papers. Left out: what has several common readings (CV, AR, IR, FL, ML, MT, KG), and what nobody writes out (GPT, BERT,
 * SLAM). A paper that introduces one as something else ("test-time scaling (TTS)") is read as it says.
 */
export const abbreviations = `
LLM     large language model
SLM     small language model
VLM     vision language model | visual language model | vision and language model
LVLM    large vision language model | large visual language model | large vision and language model
VLA     vision language action | vision language action model | visual language action
VLN     vision language navigation | vision and language navigation
MLLM    multimodal large language model | multi modal large language model
LMM     large multimodal model | large multi modal model
dLLM    diffusion language model | diffusion large language model | dlm
MDLM    masked diffusion language model
LALM    large audio language model
UMM     unified multimodal model | unified multi modal model
VFM     vision foundation model | visual foundation model
LDM     latent diffusion model
MoE     mixture of expert
LRM     large reasoning model
WAM     world action model
SSM     state space model
ViT     vision transformer
DiT     diffusion transformer
CNN     convolutional neural network
RNN     recurrent neural network
GNN     graph neural network
PINN    physics informed neural network
SNN     spiking neural network
GCN     graph convolutional network
LSTM    long short term memory
FNO     fourier neural operator
SAE     sparse autoencoder | sparse auto encoder
VAE     variational autoencoder | variational auto encoder
GAN     generative adversarial network
RL      reinforcement learning
DRL     deep reinforcement learning
MARL    multi agent reinforcement learning | multiagent reinforcement learning
HRL     hierarchical reinforcement learning
MBRL    model based reinforcement learning
RLHF    reinforcement learning from human feedback | reinforcement learning with human feedback
RLVR    reinforcement learning with verifiable reward | reinforcement learning from verifiable reward
PPO     proximal policy optimization
DPO     direct preference optimization
GRPO    group relative policy optimization
SAC     soft actor critic
MDP     markov decision process
PRM     process reward model
ORM     outcome reward model
SFT     supervised fine tuning | supervised finetuning
PEFT    parameter efficient fine tuning | parameter efficient finetuning
OPD     on policy distillation
LoRA    low rank adaptation
PTQ     post training quantization
QAT     quantization aware training
NAS     neural architecture search
RAG     retrieval augmented generation | retrieval augmented
CoT     chain of thought | chains of thought
TIR     tool integrated reasoning
ICL     in context learning
MCTS    monte carlo tree search
MTP     multi token prediction
NTP     next token prediction
CFG     classifier free guidance
GQA     grouped query attention
MCP     model context protocol
CUA     computer use agent | computer using agent
MAS     multi agent system | multiagent system
KV      key value
QA      question answering
VQA     visual question answering
OCR     optical character recognition
NLP     natural language processing
NMT     neural machine translation
TTS     text to speech | speech synthesis
ASR     automatic speech recognition | automated speech recognition | speech recognition
T2I     text to image | text2image
T2V     text to video | text2video
I2V     image to video
NVS     novel view synthesis
MDE     monocular depth estimation
HOI     human object interaction
VSR     video super resolution
CIR     composed image retrieval
NeRF    neural radiance field
3DGS    3d gaussian splatting
BEV     bird's eye view
GUI     graphical user interface
UI      user interface
HCI     human computer interaction
HRI     human robot interaction
BCI     brain computer interface
SWE     software engineering
XAI     explainable ai | explainable artificial intelligence
AIGC    ai generated content | artificial intelligence generated content
OOD     out of distribution
PDE     partial differential equation
ODE     ordinary differential equation
SDE     stochastic differential equation
SVD     singular value decomposition
PCA     principal component analysis
SVM     support vector machine
SGD     stochastic gradient descent
MCMC    markov chain monte carlo
DAG     directed acyclic graph
IoT     internet of thing
UQ      uncertainty quantification
UAV     unmanned aerial vehicle
EEG     electroencephalography | electroencephalogram
EHR     electronic health record
AI      artificial intelligence
AGI     artificial general intelligence
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

autoencoder   auto encoder
autoregressive auto regressive
chatbot       chat bot
codebase      code base
crosslingual  cross lingual
cybersecurity cyber security
dataset       data set
deepfake      deep fake
dialogue      dialog
ecommerce     e commerce
fewshot       few shot
finetuning    finetune | finetuned | fine tuning | fine tune | fine tuned
healthcare    health care
hyperparameter hyper parameter
multiagent    multi agent
multihop      multi hop
multilingual  multi lingual | multilinguality
multimodal    multi modal | multimodality | multi modality
multiobjective multi objective
multitask     multi task
multiturn     multi turn
multiview     multi view
nonlinear     non linear
opensource    open source
openvocabulary open vocabulary
pointcloud    point cloud
posttraining  post training | post trained
pretraining   pretrain | pretrained | pre training | pre train | pre trained
realtime      real time
selfsupervised self supervised
semisupervised semi supervised
spatiotemporal spatio temporal
superresolution super resolution
text2sql      text to sql | nl2sql
timeseries    time series
zeroshot      zero shot
`;

/**
 * Rows of words that mean something else than each of them: whoever wants world models wants none of what was tried in
 * the real world. Their words count for nothing by themselves.
 */
export const idioms = `
SOTA         state of the art
groundtruth  ground truth
outofthebox  out of the box
plugandplay  plug and play
realworld    real world
testtime     test time
`;
