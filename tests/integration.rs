mod directive;
