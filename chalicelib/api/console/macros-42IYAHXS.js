import{a as o,b as t}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function r(){return o(t,{title:"Macros",children:"\u2026"})}export{r as default};
