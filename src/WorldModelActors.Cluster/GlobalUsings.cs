global using Akka.Actor;
// This room is called Cluster too.
global using AkkaCluster = Akka.Cluster.Cluster;
