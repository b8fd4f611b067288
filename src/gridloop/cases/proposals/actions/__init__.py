"""What people do with proposals: propose, change, confirm, reject, withdraw; and how a confirmed one is put into the tables."""
