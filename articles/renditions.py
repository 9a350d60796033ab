def new_name(instance, filename):
    return f"pictures/{filename}"
