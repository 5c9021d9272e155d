global using WorldModelActors.Torch;
global using static WorldModelActors.Torch.torch;
