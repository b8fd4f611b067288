"""Help at intake: which class a text is about, and how sure that is; learnt from the class tables and the city's own closed cases."""
