// The networks are written against TorchSharp's names; these usings are the only place that says whose they are.
global using WorldModelActors.Torch;
global using static WorldModelActors.Torch.torch;
