"""One letter a day or a week in place of many: what stands in the person's part of the loop, composed and sent at their hour."""
