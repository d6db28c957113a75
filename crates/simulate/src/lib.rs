//! A simulated district that speaks real HJ 212: see the modules.
