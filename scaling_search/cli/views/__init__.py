"""What commands show: tables, pictures, progress, and the JSON documents beside them."""
