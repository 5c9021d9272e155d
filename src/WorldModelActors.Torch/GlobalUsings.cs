// Sources that WorldModelActors.Torch.TorchSharp compiles too say no name of their tensors.
global using static WorldModelActors.Torch.torch;
