pub struct History; pub struct Options; pub fn serve_interactive(){}
