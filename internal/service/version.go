package service

// Version is set by the linker for a release.
var Version = "dev"
