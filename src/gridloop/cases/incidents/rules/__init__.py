"""Which reports belong together, and whether everybody who reported was answered."""
