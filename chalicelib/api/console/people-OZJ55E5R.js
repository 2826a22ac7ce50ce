import{a as e,b as o}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function f(){return e(o,{title:"People",children:"\u2026"})}export{f as default};
