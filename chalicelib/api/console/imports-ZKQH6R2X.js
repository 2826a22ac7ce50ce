import{a as t,b as o}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function r(){return t(o,{title:"Imports",children:"\u2026"})}export{r as default};
