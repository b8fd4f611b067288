"""What residents hear of the city around them: areas they follow, three times a day at most, and nothing that the public map does not show."""
