import{a as e,b as t}from"./chunk-A54IZX7L.js";import"./chunk-Z4AZ7EAD.js";function r(){return e(t,{title:"Figures",children:"\u2026"})}export{r as default};
