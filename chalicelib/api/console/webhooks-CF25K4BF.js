import{a as o,b as e}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function f(){return o(e,{title:"Webhooks",children:"\u2026"})}export{f as default};
