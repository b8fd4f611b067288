"""What people ask about returns, rulings and silence."""
