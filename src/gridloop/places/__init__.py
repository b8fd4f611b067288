"""Everything that has a place: divisions, cells, grids, components and their map layers."""
