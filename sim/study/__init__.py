"""Many cases: outer draws and observation, sweeps and their store, indices of sensitivity."""
