"""What the desk's pages say, worked out from rows already read. No queries and no writes in here."""
