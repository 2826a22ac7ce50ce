import{a as t,b as o}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function f(){return t(o,{title:"Audit log",children:"\u2026"})}export{f as default};
