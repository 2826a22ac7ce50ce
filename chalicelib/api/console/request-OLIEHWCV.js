import{a as e,b as t}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function f(){return e(t,{title:"Request",children:"\u2026"})}export{f as default};
