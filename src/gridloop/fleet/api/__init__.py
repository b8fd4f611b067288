"""How the web asks about supervision; each file has its router and its permits, mounted in the site."""
