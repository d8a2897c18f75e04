//! The users' pipelines, as real YAML files beside this one. There are none yet: see `README.md`.
