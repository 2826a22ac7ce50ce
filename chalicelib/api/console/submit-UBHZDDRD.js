import{a as t,b as e}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function f(){return t(e,{title:"Submit",children:"\u2026"})}export{f as default};
