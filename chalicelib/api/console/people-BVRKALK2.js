import{Xa as e,Za as o}from"./chunk-YFHVTJRJ.js";function f(){return e(o,{title:"People",children:"\u2026"})}export{f as default};
