global using WorldModelActors.Torch;
global using static WorldModelActors.Torch.torch;
global using F = WorldModelActors.Torch.torch.nn.functional;
