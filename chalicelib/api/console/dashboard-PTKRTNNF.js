import{Xa as o,Za as t}from"./chunk-YFHVTJRJ.js";function e(){return o(t,{title:"Dashboard",children:"\u2026"})}export{e as default};
